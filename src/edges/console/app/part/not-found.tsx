import { Link } from 'wouter-preact';
import { Page } from './page.tsx';

export function NotFound() {
  return (
    <Page title="There is nothing here">
      <p>
        No page has this address. <Link href="/">Go to the overview</Link>
      </p>
    </Page>
  );
}
