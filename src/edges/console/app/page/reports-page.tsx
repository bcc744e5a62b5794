import { Page } from '../part/page.tsx';

export default function ReportsPage() {
  return (
    <Page title="Reports">
      <p>Not made yet.</p>
    </Page>
  );
}
