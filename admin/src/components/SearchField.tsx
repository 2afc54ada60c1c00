import { Box, Searchbar } from '@strapi/design-system';
import type { ComponentProps } from 'react';
import styled from 'styled-components';

/** The button that clears it is 22 px large in Strapi; WCAG 2.2 asks for 24 (level AA, 2.5.8). */
const WithLargeEnoughButton = styled(Box)`
  button {
    padding: 0.3rem;
  }
`;

/** Strapi's search bar, whose button can be hit. */
export function SearchField(props: ComponentProps<typeof Searchbar>) {
  return (
    <WithLargeEnoughButton>
      <Searchbar {...props} />
    </WithLargeEnoughButton>
  );
}
