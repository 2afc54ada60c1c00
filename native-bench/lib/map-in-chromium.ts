import type { Page } from 'playwright-core';
import { unpackPoints } from '../../admin/src/map/points';
import { fitOf, WHEEL } from '../../admin/src/map/view';
import type { MapGroupsResponse, MapResponse } from '../../plugin/contracts/map';
import { openBrowser } from '../../test/helpers/browser';
import { texture } from '../../test/helpers/pictures';
import { LOGIN } from '../../test/helpers/strapi-client';
import { spawnPlayground } from '../../test/helpers/strapi-process';

const LOOKS = 24;
const DRAGS = 4;
const STEPS = 60;
const ZOOMS = [1, 4, 16, 64];
const SETTLE_MS = 4_000;
/** Notches of a wheel, each way: from the whole map to 60 times as close. */
const NOTCHES = 20;
const NOTCH = 100;

export interface Frames {
  /** What was done with the map. */
  what: string;
  /** Milliseconds between frames in the meantime. */
  intervals: number[];
}

/** A map, and the groups that it is coloured by. */
export interface Coloured {
  map: MapResponse;
  groups: MapGroupsResponse;
}

/** Drags and zooms coloured maps in the real admin; what the server would answer comes from here, and counts how many thumbnails were loaded. */
export async function measureFrames(
  maps: Coloured[],
): Promise<Array<{ frames: Frames[]; images: number; heapMb: number }>> {
  const looks = await Promise.all(Array.from({ length: LOOKS }, (_, seed) => texture(seed)));
  const shop = await spawnPlayground();
  const admin = await openBrowser(shop.client.url, LOGIN);
  try {
    const page = await admin.open();
    const measured = [];
    for (const { map, groups } of maps) {
      let images = 0;
      await page.unrouteAll();
      await page.route('**/similar/map', (route) => route.fulfill({ json: map }));
      await page.route('**/similar/map/groups?*', (route) => route.fulfill({ json: groups }));
      await page.route('**/similar/map/pictures?*', (route) => {
        const ids = new URL(route.request().url()).searchParams.get('ids')?.split(',').map(Number) ?? [];
        const json = ids.map((id) => ({
          ...{ id, documentId: `d${id}`, name: `picture-${id}.jpg` },
          ...{ url: `/bench/${id}.jpg`, thumbnail: `/bench/${id}.jpg` },
        }));
        return route.fulfill({ json });
      });
      await page.route('**/bench/*.jpg', (route) => {
        images++;
        const id = Number(/(\d+)\.jpg/.exec(route.request().url())?.[1]);
        return route.fulfill({ body: looks[id % LOOKS], contentType: 'image/jpeg' });
      });
      await page.goto(`${shop.client.url}/admin/plugins/similar?tab=map&map.by=folder`);
      await page.getByRole('list', { name: 'What the colours mean' }).waitFor();
      await page.getByRole('list', { name: 'Pictures in view' }).getByRole('button').first().waitFor();
      const frames: Frames[] = [];
      for (const zoom of ZOOMS) {
        await zoomInto(page, map, zoom);
        await page.waitForTimeout(SETTLE_MS);
        if ((await page.getByRole('list', { name: 'Pictures in view' }).getByRole('button').count()) === 0) {
          throw new Error(`Nothing is in view at zoom ${zoom}`);
        }
        frames.push({ what: `dragging at zoom ${zoom}`, intervals: await timed(page, dragged) });
      }
      await zoomInto(page, map, 1);
      await page.waitForTimeout(SETTLE_MS);
      frames.push({ what: 'zooming in and out', intervals: await timed(page, wheeled) });
      const heapMb = ((await page.evaluate('performance.memory.usedJSHeapSize')) as number) / 2 ** 20;
      measured.push({ frames, images, heapMb });
    }
    return measured;
  } finally {
    await admin.close();
    await shop.stop();
  }
}

/** To where a picture in the middle of the list lies, so that there is something to see. */
async function zoomInto(page: Page, map: MapResponse, zoom: number): Promise<void> {
  const canvas = page.getByRole('application');
  const { x, y, width, height } = (await canvas.boundingBox())!;
  const points = unpackPoints(map);
  const [middle, fit] = [points.ids.length >> 1, fitOf({ width, height })];
  await canvas.focus();
  await page.keyboard.press('0');
  const [right, down] = [points.x[middle] - 0.5, points.y[middle] - 0.5];
  await page.mouse.move(x + width / 2 + right * fit, y + height / 2 + down * fit);
  await page.mouse.wheel(0, -Math.log(zoom) / Math.log(WHEEL));
}

async function timed(page: Page, act: (page: Page) => Promise<void>): Promise<number[]> {
  await page.evaluate(`(() => {
    window.benchFrames = [];
    let last;
    const frame = (now) => {
      if (last !== undefined) window.benchFrames.push(now - last);
      last = now;
      window.benchHandle = requestAnimationFrame(frame);
    };
    window.benchHandle = requestAnimationFrame(frame);
  })()`);
  await act(page);
  return (await page.evaluate('cancelAnimationFrame(window.benchHandle), window.benchFrames')) as number[];
}

/** Where the pointer is: `zoomInto` left it on a picture. */
async function wheeled(page: Page): Promise<void> {
  for (const way of [-1, 1, -1, 1]) {
    for (let notch = 0; notch < NOTCHES; notch++) await page.mouse.wheel(0, way * NOTCH);
  }
}

async function dragged(page: Page): Promise<void> {
  const { x, y, width, height } = (await page.getByRole('application').boundingBox())!;
  for (let drag = 0; drag < DRAGS; drag++) {
    const way = drag % 2 === 0 ? 1 : -1;
    await page.mouse.move(x + width / 2 - (way * width) / 4, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 + (way * width) / 4, y + height / 2 + way * 40, { steps: STEPS });
    await page.mouse.up();
  }
}
