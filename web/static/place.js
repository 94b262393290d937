// Where the page stands: the server's root, which may be below any path, and the fleet that the address names by its path.

// This file is at assets/HASH/ below it.
export const ROOT = new URL('../../', import.meta.url);

// "myapp" where the page is at /myapp/; null at the root itself.
export function fleetInPath() {
  const { pathname } = location;
  const below = pathname.startsWith(ROOT.pathname) ? pathname.slice(ROOT.pathname.length) : '';
  return /^([a-z][a-z0-9-]*)\/$/.exec(below)?.[1] ?? null;
}
