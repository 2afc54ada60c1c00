import { Box, Button, Flex, Loader, Typography } from '@strapi/design-system';
import { Plus } from '@strapi/icons';
import { useState } from 'react';
import type { PictureTypeInfo } from '../../../plugin/contracts/admin';
import { ItemCard } from '../components/ItemCard';
import { ItemMenu } from '../components/ItemMenu';
import { WordSearch } from '../components/WordSearch';
import { useAllowed } from '../hooks/use-allowed';
import { useLocale } from '../hooks/use-locale';
import { usePins } from '../hooks/use-pins';
import { useText } from '../hooks/use-text';
import { Proposals } from '../propose/Proposals';
import { ProposedPictures } from '../propose/ProposedPictures';
import { JUDGE } from '../utils/permissions';
import { useEditView } from './edit-view';
import { formPictures } from './form-pictures';
import { PinDialog } from './PinDialog';
import { MOST, PAGE, questionOf } from './question';
import { RelateItem } from './RelateItem';
import { RuleList } from './RuleList';
import { useItems } from './use-items';
import { useRelate } from './use-relate';
import { WaitingPictures } from './WaitingPictures';

export function PanelContent({ type, documentId }: { type: PictureTypeInfo; documentId?: string }) {
  const text = useText();
  const { form } = useEditView();
  const locale = useLocale();
  const [pages, setPages] = useState(1);
  const [words, setWords] = useState('');
  const relate = useRelate(type.relate);
  const { canJudge = false } = useAllowed(JUDGE);

  const pictures = formPictures(form.values, type.paths);
  const question = {
    ...{ ...questionOf(type, documentId, locale, pages * PAGE), pictures },
    ...(words && { q: words }),
  };
  const { data, error, loading, reload } = useItems(question);
  const saved = usePins(type.uid, documentId, data, reload);
  // Of the list as everybody sees it: words change it for this editor, now.
  const pins = canJudge && !words ? saved : undefined;
  const [picking, setPicking] = useState(false);

  if (pictures.length === 0) {
    return (
      <Flex direction="column" alignItems="stretch" gap={4} width="100%">
        <Hint>{text('panel.noPicture')}</Hint>
        <ProposedPictures type={type} documentId={documentId} locale={question.locale} />
      </Flex>
    );
  }
  if (error && !data) return <Hint>{text('panel.error', { reason: error.message })}</Hint>;
  if (!data) return <Loader small>{text('loading')}</Loader>;
  return (
    <Flex direction="column" alignItems="stretch" gap={4} width="100%" aria-busy={loading}>
      <WaitingPictures waiting={data.waiting} onRetried={reload} />
      {data.words && <WordSearch words={words} onSearch={setWords} />}
      {data.items.length === 0 && data.waiting.length === 0 && <Hint>{text('panel.nothing')}</Hint>}
      {data.items.length > 0 && (
        <Flex direction="column" alignItems="stretch" gap={3} tag="ul" aria-label={text('panel.title')}>
          {data.items.map((item, place) => (
            <ItemCard
              key={item.documentId}
              item={item}
              levels={data.levels}
              actions={
                (canJudge || relate) && (
                  <ItemMenu
                    {...{ item, canJudge, pins }}
                    source={documentId}
                    place={place + 1}
                    count={data.items.length}
                    changing={loading || pins?.busy === true}
                    onChanged={reload}
                  >
                    {relate && <RelateItem item={item} relate={relate} />}
                  </ItemMenu>
                )
              }
            />
          ))}
        </Flex>
      )}
      {error && <Hint>{text('panel.error', { reason: error.message })}</Hint>}
      {data.hasMore && (pages + 1) * PAGE > MOST && <Hint>{text('panel.most', { count: pages * PAGE })}</Hint>}
      {data.hasMore && (pages + 1) * PAGE <= MOST && (
        <Button variant="tertiary" loading={loading} onClick={() => setPages((before) => before + 1)}>
          {text('more')}
        </Button>
      )}
      {pins && (
        <Button variant="tertiary" startIcon={<Plus />} disabled={pins.busy} onClick={() => setPicking(true)}>
          {text('pick.open')}
        </Button>
      )}
      {pins && picking && (
        <PinDialog
          type={type}
          locale={question.locale}
          without={[documentId as string, ...data.rules.flatMap(({ kind, target }) => (kind === 'pin' ? target : []))]}
          onClose={() => setPicking(false)}
          onPick={(target) => {
            setPicking(false);
            pins.place(target, 0, 'item.pinned');
          }}
        />
      )}
      <Proposals type={type} documentId={documentId} locale={question.locale} pictures={pictures} />
      <RuleList rules={data.rules} onChanged={reload} />
    </Flex>
  );
}

function Hint({ children }: { children: string }) {
  return (
    <Box>
      <Typography variant="pi" textColor="neutral600">
        {children}
      </Typography>
    </Box>
  );
}
