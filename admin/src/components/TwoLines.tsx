import styled from 'styled-components';

/** As wide as what is around it; what has no room in two lines is cut at its end. */
export const TwoLines = styled.span`
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  width: 100%;
  overflow: hidden;
  overflow-wrap: break-word;
`;
