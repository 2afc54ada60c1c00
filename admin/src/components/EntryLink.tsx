import { Link, Typography } from '@strapi/design-system';
import { Link as RouterLink } from 'react-router-dom';
import type { Usage } from '../../../plugin/contracts/admin';
import { entryPath } from '../utils/entry-path';

interface EntryLinkProps {
  entry: Usage;
  /** Of the label of an entry that the content manager has no page for. */
  variant?: 'omega' | 'pi';
  /** In another tab. */
  isExternal?: boolean;
}

/** An entry's title, which leads to where the content manager edits it. */
export function EntryLink({ entry, variant, isExternal }: EntryLinkProps) {
  const path = entryPath(entry);
  if (!path) return <Typography variant={variant}>{entry.label}</Typography>;
  return (
    <Link tag={RouterLink} to={path} isExternal={isExternal}>
      {entry.label}
    </Link>
  );
}
