import { Page } from '../part/page.tsx';

export default function HostPage() {
  return (
    <Page title="Host">
      <p>Not made yet.</p>
    </Page>
  );
}
