import { Field, Flex, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';
import styled from 'styled-components';
import type { LikenessLevels } from '../../../plugin/contracts/admin';
import { useText } from '../hooks/use-text';
import { likenessOf } from '../utils/likeness';
import { Likeness } from './Likeness';

/** In the theme's colours: browsers draw a white track in the dark as well. */
const Range = styled.input`
  width: 100%;
  accent-color: ${({ theme }) => theme.colors.primary600};
  color-scheme: ${({ theme }) => (theme.colors.neutral0 === '#ffffff' ? 'light' : 'dark')};
`;

interface SliderProps {
  label: string;
  value: number;
  onChange(value: number): void;
  min?: number;
  max?: number;
  step?: number;
  disabled?: boolean;
  /** Of a likeness: it is said in words, too. */
  levels?: LikenessLevels;
}

/** A number on a line; the design system has none. */
export function Slider({
  label,
  value,
  onChange,
  min = 0,
  max = 1,
  step = 0.01,
  disabled = false,
  levels,
}: SliderProps) {
  const { formatNumber } = useIntl();
  const text = useText();
  const digits = step < 0.01 ? 3 : 2;
  const number = formatNumber(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (
    <Field.Root width={levels ? '300px' : '220px'}>
      <Flex justifyContent="space-between">
        <Field.Label>{label}</Field.Label>
        {levels ? <Likeness similarity={value} levels={levels} /> : <Typography variant="pi">{number}</Typography>}
      </Flex>
      <Range
        type="range"
        aria-label={label}
        aria-valuetext={levels ? `${text(likenessOf(value, levels))} ${number}` : number}
        {...{ min, max, step, value, disabled }}
        onChange={(event) => onChange(Number(event.target.value))}
      />
    </Field.Root>
  );
}
