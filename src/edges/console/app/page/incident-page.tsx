import { Page } from '../part/page.tsx';

export default function IncidentPage() {
  return (
    <Page title="Incident">
      <p>Not made yet.</p>
    </Page>
  );
}
