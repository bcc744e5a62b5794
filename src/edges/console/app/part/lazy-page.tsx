/** Pages are loaded when they are first gone to, so that the first load is small. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from './button.tsx';
import { Loading } from './empty.tsx';

export interface PageProps {
  /** What stands in the path: `/hosts/:host` gives `host`. */
  readonly params: Readonly<Record<string, string>>;
}

type Loaded = { readonly default: ComponentType<PageProps> };

export function lazyPage(load: () => Promise<Loaded>): ComponentType<PageProps> {
  let loaded: ComponentType<PageProps> | undefined;
  return function LazyPage(props: PageProps) {
    const [Shown, setShown] = useState(() => loaded);
    const [hasFailed, setFailed] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (module) => {
          loaded = module.default;
          setShown(() => module.default);
        },
        () => setFailed(true),
      );
    }, []);
    if (Shown) return <Shown {...props} />;
    return hasFailed ? <NotLoaded /> : <Loading lines={6} />;
  };
}

/** After an upgrade the files have other names. */
function NotLoaded() {
  return (
    <div class="note tone-critical" role="alert">
      <div>
        <strong>This page could not be loaded</strong>
        <p>The daemon does not answer, or was upgraded since the console was opened.</p>
      </div>
      <Button icon="refresh" onClick={() => location.reload()}>
        Load again
      </Button>
    </div>
  );
}
