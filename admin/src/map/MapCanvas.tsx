import { Box, Button, Flex, IconButton, Typography } from '@strapi/design-system';
import { Expand, Minus, Plus } from '@strapi/icons';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef, useState } from 'react';
import styled, { useTheme } from 'styled-components';
import type { AdminPicture } from '../../../plugin/contracts/admin';
import { useText } from '../hooks/use-text';
import type { Colouring } from './groups';
import type { Points } from './points';
import { createStage, type Stage } from './stage';
import type { Thumbnails } from './thumbnails';
import { usePointer } from './use-pointer';

/** All of it is seen on a laptop, below what Strapi puts above. */
export const MAP_HEIGHT = 'clamp(400px, calc(100vh - 400px), 900px)';

const Frame = styled.div`
  position: relative;
  height: ${MAP_HEIGHT};
  overflow: hidden;
  border-radius: 4px;
  border: 1px solid ${({ theme }) => theme.colors.neutral200};
  background: ${({ theme }) => theme.colors.neutral0};
`;

const Surface = styled.canvas<{ $selects: boolean }>`
  width: 100%;
  height: 100%;
  display: block;
  cursor: ${({ $selects }) => ($selects ? 'crosshair' : 'grab')};
  touch-action: none;

  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: -2px;
  }
`;

const Name = styled.div`
  position: absolute;
  pointer-events: none;
  max-width: 240px;
  padding: 4px 8px;
  border-radius: 4px;
  overflow-wrap: anywhere;
  transform: translate(12px, 12px);
  background: ${({ theme }) => theme.colors.neutral900};
`;

const STEP = Math.SQRT2;
/** Share of the canvas that an arrow key moves by. */
const STRIDE = 0.15;

/** Which way the eye goes. */
const ARROWS: Record<string, [right: number, down: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** @returns whether the key means something here. */
function press(stage: Stage, key: string): boolean {
  const arrow = ARROWS[key];
  if (arrow) stage.move(-arrow[0] * STRIDE * stage.size.width, -arrow[1] * STRIDE * stage.size.height);
  else if (key === '+' || key === '=') stage.zoom(STEP);
  else if (key === '-') stage.zoom(1 / STEP);
  else if (key === '0') stage.whole();
  else return false;
  return true;
}

interface MapCanvasProps {
  points: Points;
  thumbnails(onChange: () => void): Thumbnails<ImageBitmap>;
  /** File id of a picture that the list points at. */
  marked: number | undefined;
  colouring: Colouring | undefined;
  /** File ids of the pictures that are selected. */
  chosen: ReadonlySet<number>;
  /** Selected or not any more. */
  onSelect(id: number): void;
  /** File ids of those that a line was drawn around, from its middle outwards. */
  onCatch(ids: number[]): void;
  /** File ids of the pictures in view, from the middle outwards. */
  onView(ids: number[], thumbnails: Thumbnails<ImageBitmap>): void;
  onAsk(picture: AdminPicture): void;
  /** More buttons. */
  children?: ReactNode;
  /** What is said right below the map. */
  legend?: ReactNode;
}

/** The map itself: moved with the pointer or the arrow keys, zoomed with wheel, pinch, keys or buttons. */
export function MapCanvas(props: MapCanvasProps) {
  const { points, thumbnails, marked, colouring, chosen, onView, onSelect, onCatch, onAsk, children, legend } = props;
  const text = useText();
  const hint = useId();
  const { colors } = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [stage, setStage] = useState<Stage>();
  const [selects, setSelects] = useState(false);
  const [named, setNamed] = useState<{ name: string; x: number; y: number }>();
  const latest = useRef({ onView, thumbnails });
  latest.current = { onView, thumbnails };
  const colours = useMemo(
    () => ({ dot: colors.neutral500, frame: colors.neutral200, marked: colors.primary600, onMarked: colors.neutral0 }),
    [colors],
  );

  useEffect(() => {
    const made = createStage(canvas.current as HTMLCanvasElement, {
      thumbnails: (onChange) => latest.current.thumbnails(onChange),
      onView: (ids, of) => latest.current.onView(ids, of),
    });
    setStage(made);
    return () => made.close();
  }, []);
  useEffect(() => stage?.show(points, colours), [stage, points, colours]);
  useEffect(() => stage?.mark(marked), [stage, marked]);
  useEffect(() => stage?.colour(colouring), [stage, colouring]);
  useEffect(() => stage?.choose(chosen), [stage, chosen]);

  const giveUpLine = usePointer(canvas, stage, {
    selects,
    onSelect,
    onCatch,
    onPoint(id, x, y) {
      stage?.mark(id);
      setNamed(undefined);
      if (id === undefined) return;
      void stage?.thumbnails.ask(id).then(
        (picture) => picture && stage.marked === id && setNamed({ name: picture.name, x, y }),
        () => {},
      );
    },
    onChoose: (id) =>
      void stage?.thumbnails.ask(id).then(
        (picture) => picture && onAsk(picture),
        () => {},
      ),
  });

  /** First the line that is being drawn, then the mode. */
  function onEscape(event: KeyboardEvent): void {
    // A menu that is open closes by it, and lies elsewhere on the page.
    if (event.key !== 'Escape' || !event.currentTarget.contains(event.target as Node)) return;
    if (!giveUpLine()) setSelects(false);
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (!stage || event.ctrlKey || event.metaKey || event.altKey || !press(stage, event.key)) return;
    event.preventDefault();
  }

  return (
    <Box onKeyDown={onEscape}>
      <Flex gap={2} paddingBottom={2}>
        <IconButton label={text('map.zoomIn')} onClick={() => stage?.zoom(STEP)}>
          <Plus />
        </IconButton>
        <IconButton label={text('map.zoomOut')} onClick={() => stage?.zoom(1 / STEP)}>
          <Minus />
        </IconButton>
        <IconButton label={text('map.whole')} onClick={() => stage?.whole()}>
          <Expand />
        </IconButton>
        <Button
          variant={selects ? 'default' : 'tertiary'}
          aria-pressed={selects}
          title={text('map.lasso.hint')}
          onClick={() => setSelects(!selects)}
        >
          {text('map.lasso')}
        </Button>
        {children}
      </Flex>
      <Frame>
        <Surface
          ref={canvas}
          $selects={selects}
          tabIndex={0}
          role="application"
          aria-label={text('map.label')}
          aria-describedby={hint}
          onKeyDown={onKeyDown}
        />
        {named && (
          <Name role="tooltip" style={{ left: named.x, top: named.y }}>
            <Typography variant="pi" textColor="neutral0">
              {named.name}
            </Typography>
          </Name>
        )}
      </Frame>
      {legend}
      <Typography variant="pi" textColor="neutral600" id={hint} tag="p">
        {text('map.keys')}
      </Typography>
    </Box>
  );
}
