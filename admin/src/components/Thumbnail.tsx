import { useState } from 'react';
import styled from 'styled-components';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import { onBackend } from '../utils/backend-url';

const Image = styled.img<{ $size: number }>`
  width: ${({ $size }) => $size}px;
  height: ${({ $size }) => $size}px;
  object-fit: contain;
  flex: none;
  border-radius: 4px;
  background: ${({ theme }) => theme.colors.neutral100};
`;

const None = styled.span<{ $size: number }>`
  display: block;
  width: ${({ $size }) => $size}px;
  height: ${({ $size }) => $size}px;
  flex: none;
  border-radius: 4px;
  background: ${({ theme }) => theme.colors.neutral150};
`;

/** A picture in a square, as a whole. */
export function Thumbnail({ picture, size }: { picture: AdminPicture | null; size: number }) {
  const [broken, setBroken] = useState<string>();
  if (!picture || broken === picture.thumbnail) return <None $size={size} aria-hidden />;
  const { thumbnail, alternativeText = '' } = picture;
  return (
    <Image
      $size={size}
      src={onBackend(thumbnail)}
      alt={alternativeText}
      loading="lazy"
      onError={() => setBroken(thumbnail)}
    />
  );
}
