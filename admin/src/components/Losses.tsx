import { Typography } from '@strapi/design-system';
import type { UsedPicture } from '../../../plugin/contracts/admin';
import { useText } from '../hooks/use-text';

/** Which entries lose a picture that is about to be deleted; nothing where none does. */
export function Losses({ picture }: { picture: Pick<UsedPicture, 'usages' | 'usageCount'> }) {
  const text = useText();
  const { usages, usageCount } = picture;
  if (usageCount === 0) return null;
  return (
    <Typography textAlign="center" textColor="danger600" fontWeight="semiBold" role="alert">
      {text('duplicates.deleteInUse', { count: usageCount })} {usages.map(({ label }) => label).join(', ')}
      {usageCount > usages.length && ' …'}
    </Typography>
  );
}
