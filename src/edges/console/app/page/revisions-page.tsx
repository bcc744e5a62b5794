import { Page } from '../part/page.tsx';

export default function RevisionsPage() {
  return (
    <Page title="Revisions">
      <p>Not made yet.</p>
    </Page>
  );
}
