import { Page } from '../part/page.tsx';

export default function OverviewPage() {
  return (
    <Page title="Overview">
      <p>Not made yet.</p>
    </Page>
  );
}
