import { EmptyStateLayout } from '@strapi/design-system';
import { EmptyPictures } from '@strapi/icons/symbols';
import type { ReactNode } from 'react';

/** There is nothing to show: why, and what to begin with. */
export function Empty({ content, action }: { content: string; action?: ReactNode }) {
  return <EmptyStateLayout icon={<EmptyPictures width="16rem" height="8.8rem" />} content={content} action={action} />;
}
