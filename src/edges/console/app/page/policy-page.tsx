import { Page } from '../part/page.tsx';

export default function PolicyPage() {
  return (
    <Page title="Policy">
      <p>Not made yet.</p>
    </Page>
  );
}
