import styled from 'styled-components';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import { onBackend } from './backend-url';

const Image = styled.img<{ $size: number }>`
  width: ${({ $size }) => $size}px;
  height: ${({ $size }) => $size}px;
  object-fit: contain;
  flex: none;
  border-radius: 4px;
  background: ${({ theme }) => theme.colors.neutral100};
`;

const None = styled.span<{ $size: number }>`
  width: ${({ $size }) => $size}px;
  height: ${({ $size }) => $size}px;
  flex: none;
  border-radius: 4px;
  background: ${({ theme }) => theme.colors.neutral150};
`;

/** A picture in a square, as a whole. */
export function Thumbnail({ picture, size }: { picture: AdminPicture | null; size: number }) {
  if (!picture) return <None $size={size} aria-hidden />;
  const alt = picture.alternativeText ?? '';
  return <Image $size={size} src={onBackend(picture.thumbnail)} alt={alt} loading="lazy" />;
}
