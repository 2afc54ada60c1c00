import { Button, Flex, Typography } from '@strapi/design-system';
import { useEffect } from 'react';
import { useText } from '../hooks/use-text';

interface PagingProps {
  /** From 1. */
  page: number;
  pageSize: number;
  /** Of all pages; undefined while it is not known. */
  total: number | undefined;
  onPage(page: number): void;
}

/** Back and forth; nothing where there is one page. */
export function Paging({ page, pageSize, total, onPage }: PagingProps) {
  const text = useText();
  const pages = Math.max(1, Math.ceil((total ?? 0) / pageSize));
  // What was on the last page has gone: what is left is on the page before.
  useEffect(() => {
    if (total !== undefined && page > pages) onPage(pages);
  });
  if (pages === 1) return null;
  return (
    <Flex gap={4} justifyContent="center">
      <Button variant="tertiary" disabled={page === 1} onClick={() => onPage(page - 1)}>
        {text('previous')}
      </Button>
      <Typography>{text('pageOf', { page, pages })}</Typography>
      <Button variant="tertiary" disabled={page >= pages} onClick={() => onPage(page + 1)}>
        {text('next')}
      </Button>
    </Flex>
  );
}
