import { Typography } from '@strapi/design-system';
import type { DuplicateGroup } from '../../../plugin/contracts/admin';
import { useText } from '../hooks/use-text';

/** What tells one copy from another: its size and where it is used. */
export function CopyFacts({ picture }: { picture: DuplicateGroup['pictures'][number] }) {
  const text = useText();
  const { width, height, bytes, usageCount } = picture;
  return (
    <>
      <Typography variant="pi" textColor="neutral600" tag="p">
        {width && `${width} × ${height} · `}
        {text('duplicates.kilobytes', { size: bytes / 1_000 })}
      </Typography>
      <Typography
        variant="pi"
        fontWeight={usageCount > 0 ? 'semiBold' : 'regular'}
        textColor={usageCount > 0 ? 'neutral800' : 'neutral600'}
        tag="p"
      >
        {text('duplicates.used', { count: usageCount })}
      </Typography>
    </>
  );
}
