/** Where a feed may be fetched from. */

/**
 * `https`, or `http` to an address of this machine: a list that crosses a network in clear text can be written by
 * whoever is on the way. Without a user and password, which would stand in the policy for all to read.
 * @returns what is wrong, to complete "'URL' is"; undefined when nothing is
 */
export function objectionToUrl(url: URL): string | undefined {
  if (url.username !== '' || url.password !== '') return 'a URL with a user or password';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return 'neither https nor http';
  return isLoopback(url.hostname)
    ? undefined
    : 'http to another machine, where anybody on the way can change it';
}

/** As the URL parser writes addresses (https://url.spec.whatwg.org/#host-serializing); names can be made to lead anywhere. */
function isLoopback(hostname: string): boolean {
  return hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname);
}
