import { Page } from '../part/page.tsx';

export default function ApprovalsPage() {
  return (
    <Page title="Approvals">
      <p>Not made yet.</p>
    </Page>
  );
}
