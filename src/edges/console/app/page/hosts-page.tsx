import { Page } from '../part/page.tsx';

export default function HostsPage() {
  return (
    <Page title="Hosts">
      <p>Not made yet.</p>
    </Page>
  );
}
