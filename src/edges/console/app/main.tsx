import { render } from 'preact';
import { App } from './app.tsx';
import { startClock } from './clock.ts';
import { restoreSession } from './session.ts';

startClock();
void restoreSession();
render(<App />, document.getElementById('app') as HTMLElement);
