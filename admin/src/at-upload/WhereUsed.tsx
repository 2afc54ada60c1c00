import { Box, Typography } from '@strapi/design-system';
import type { UsedPicture } from '../../../plugin/contracts/admin';
import { EntryLink } from '../components/EntryLink';
import { useText } from '../hooks/use-text';

const NAMED = 3;

/** The first entries that use a picture. Nothing where none may be read: that is not to say that there is none. */
export function WhereUsed({ picture: { usages, usageCount, unused } }: { picture: UsedPicture }) {
  const text = useText();
  if (usageCount === 0) {
    return unused ? <Typography variant="pi">{text('duplicates.used', { count: 0 })}</Typography> : null;
  }
  const named = usages.slice(0, NAMED);
  const more = usageCount - named.length;
  return (
    <Box maxWidth="100%">
      <Typography variant="pi" tag="p">
        {text('notice.used')}
      </Typography>
      <Box tag="ul" aria-label={text('notice.used')}>
        {named.map((usage) => (
          <Box key={`${usage.type} ${usage.documentId}`} tag="li" paddingBottom={1}>
            <EntryLink entry={usage} variant="pi" />
          </Box>
        ))}
      </Box>
      {more > 0 && (
        <Typography variant="pi" tag="p">
          {text('notice.usedMore', { count: more })}
        </Typography>
      )}
    </Box>
  );
}
