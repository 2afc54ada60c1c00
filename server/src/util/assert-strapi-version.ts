/**
 * Looked at before anything else of the plugin is loaded: older versions lack what that imports, and would fail without its name.
 * Package managers do not check: the peers are optional, for those who use the command line, the core or the client alone.
 */
import { complaintAbout } from './strapi-version';

function installed(): string | undefined {
  try {
    return require('@strapi/strapi/package.json').version;
  } catch {
    // Some layouts hide it; then what is missing says so itself.
    return undefined;
  }
}

const version = installed();
const complaint = version && complaintAbout(version);
if (complaint) throw new Error(complaint);
