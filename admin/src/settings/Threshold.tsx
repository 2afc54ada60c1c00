import { Box, Field, Flex, Typography } from '@strapi/design-system';
import type { PreviewPair, SettingKey } from '../../../plugin/contracts/settings';
import { Slider } from '../components/Slider';
import { Thumbnail } from '../components/Thumbnail';
import { useApi } from '../hooks/use-api';
import { useRemote } from '../hooks/use-remote';
import { type TextId, useText } from '../hooks/use-text';
import { Source } from './Section';
import { useSetting } from './use-setting';

interface ThresholdProps {
  name: SettingKey;
  label: TextId;
  help: TextId;
  /** The least that can be chosen. */
  min: number;
}

/** A cosine, and what it means: pairs of the library's own pictures on both sides of it. */
export function Threshold({ name, label, help, min }: ThresholdProps) {
  const text = useText();
  const api = useApi();
  const setting = useSetting<number>(name);
  const { shown } = setting;
  const { data, error } = useRemote(String(shown), (signal) => api.preview(shown, signal), { delayMs: 200 });
  return (
    <Box role="group" aria-label={text(label)} width="100%">
      <Flex gap={5} alignItems="flex-start">
        <Field.Root error={setting.error} width="220px">
          <Slider
            label={text(label)}
            value={shown}
            min={min}
            step={0.005}
            disabled={setting.fixed}
            onChange={(value) => setting.change(value)}
          />
          <Typography variant="pi" textColor="neutral600">
            {text(help)}
          </Typography>
          <Field.Error />
          <Source setting={setting} label={text(label)} />
        </Field.Root>
        {error && (
          <Typography variant="pi" textColor="danger600" role="alert">
            {error.message}
          </Typography>
        )}
        {data && <Pairs title={text('settings.preview.above')} pairs={data.above} />}
        {data && <Pairs title={text('settings.preview.below')} pairs={data.below} />}
      </Flex>
      {data && data.compared.done < data.compared.total && (
        <Typography variant="pi" textColor="neutral600" role="status">
          {text('duplicates.comparing', data.compared)}
        </Typography>
      )}
    </Box>
  );
}

function Pairs({ title, pairs }: { title: string; pairs: PreviewPair[] }) {
  const text = useText();
  return (
    <Box flex="1">
      <Typography variant="sigma" textColor="neutral600">
        {title}
      </Typography>
      {pairs.length === 0 ? (
        <Typography variant="pi" textColor="neutral600" tag="p">
          {text('settings.preview.none')}
        </Typography>
      ) : (
        <Flex tag="ul" gap={3} aria-label={title} paddingTop={1}>
          {pairs.map(({ similarity, pictures: [one, other] }) => (
            <Box
              key={`${one.id} ${other.id}`}
              tag="li"
              title={`${one.name} · ${other.name}`}
              aria-label={`${one.name}, ${other.name}: ${text('likeness.number', { similarity })}`}
            >
              <Flex gap="2px">
                <Thumbnail picture={one} size={40} />
                <Thumbnail picture={other} size={40} />
              </Flex>
              <Typography variant="pi">{text('likeness.number', { similarity })}</Typography>
            </Box>
          ))}
        </Flex>
      )}
    </Box>
  );
}
