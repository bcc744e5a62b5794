import { Page } from '../part/page.tsx';

export default function IncidentsPage() {
  return (
    <Page title="Incidents">
      <p>Not made yet.</p>
    </Page>
  );
}
