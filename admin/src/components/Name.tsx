import { Link } from '@strapi/design-system';
import { useRef } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import styled from 'styled-components';
import { useMiddleCut } from '../hooks/use-middle-cut';
import { TwoLines } from './TwoLines';

const Line = styled.span`
  display: block;
  width: 100%;
  overflow: hidden;
  white-space: nowrap;
`;

/** It stays in the text: for screen readers, for whoever copies it, and for the browser's own search. */
const LeftOut = styled.span`
  font-size: 0;

  &::before {
    content: '…' / '';
    font-size: ${({ theme }) => theme.fontSizes[1]};
  }
`;

interface NameProps {
  name: string;
  /** Where it leads. */
  to?: string;
  lines?: 1 | 2;
}

/** As wide as what is around it; what is too long is cut in the middle, since the end of a file's name tells it from the next one. */
export function Name({ name, to, lines = 1 }: NameProps) {
  const ref = useRef<HTMLSpanElement>(null);
  const cut = useMiddleCut(ref, name);
  const shown = cut ? (
    <>
      {name.slice(0, cut[0])}
      <LeftOut>{name.slice(...cut)}</LeftOut>
      {name.slice(cut[1])}
    </>
  ) : (
    name
  );
  const Around = lines === 1 ? Line : TwoLines;
  return (
    <Around ref={ref} title={name}>
      {to ? (
        <Link tag={RouterLink} to={to}>
          {shown}
        </Link>
      ) : (
        shown
      )}
    </Around>
  );
}
