import { Field, Flex, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';

interface SliderProps {
  label: string;
  value: number;
  onChange(value: number): void;
  min?: number;
  max?: number;
  step?: number;
  disabled?: boolean;
}

/** A number on a line; the design system has none. */
export function Slider({ label, value, onChange, min = 0, max = 1, step = 0.01, disabled = false }: SliderProps) {
  const { formatNumber } = useIntl();
  const digits = step < 0.01 ? 3 : 2;
  return (
    <Field.Root width="220px">
      <Flex justifyContent="space-between">
        <Field.Label>{label}</Field.Label>
        <Typography variant="pi">
          {formatNumber(value, { minimumFractionDigits: digits, maximumFractionDigits: digits })}
        </Typography>
      </Flex>
      <input
        type="range"
        aria-label={label}
        {...{ min, max, step, value, disabled }}
        onChange={(event) => onChange(Number(event.target.value))}
        style={{ width: '100%', accentColor: '#4945ff' }}
      />
    </Field.Root>
  );
}
