import { useIntl } from 'react-intl';
import { type Amount, amountOfBytes, amountOfTime } from '../utils/amounts';

/** Times and sizes as the administrator's language writes them, with no more digits than an estimate has. */
export function useAmounts() {
  const { formatNumber } = useIntl();
  const said = ({ value, unit }: Amount, unitDisplay: 'long' | 'short') =>
    formatNumber(value, { style: 'unit', unit, unitDisplay, maximumFractionDigits: value < 10 ? 1 : 0 });
  return {
    time: (seconds: number) => said(amountOfTime(seconds), 'long'),
    bytes: (bytes: number) => said(amountOfBytes(bytes), 'short'),
  };
}
