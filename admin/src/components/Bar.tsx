import { Box } from '@strapi/design-system';

/** How much is done, in percent. The design system's bar is white when full, and so cannot be seen on a page. */
export function Bar({ value, label }: { value: number; label: string }) {
  return (
    <Box
      role="progressbar"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={100}
      background="neutral200"
      hasRadius
      height="8px"
      overflow="hidden"
    >
      <Box background="primary600" height="100%" width={`${value}%`} />
    </Box>
  );
}
