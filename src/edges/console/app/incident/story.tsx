import type { ComponentChildren } from 'preact';
import type { Incident } from '../words.ts';

/** What a person who was woken has to know. Of what the policy itself says, the reasons. */
export function Story({ incident }: { incident: Incident }) {
  const { story, reasons } = incident;
  if (story === null) {
    return (
      <ul class="reasons">
        {reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    );
  }
  return (
    <dl class="story">
      <Part name="What happened">{story.happened}</Part>
      <Part name="What is normal">{story.normal}</Part>
      <Part name="Why it matters">{story.meaning}</Part>
      <Part name="What to do">{story.advice}</Part>
    </dl>
  );
}

function Part({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
