import { Page } from '../part/page.tsx';

export default function AuditPage() {
  return (
    <Page title="Audit">
      <p>Not made yet.</p>
    </Page>
  );
}
