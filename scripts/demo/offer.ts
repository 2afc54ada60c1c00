/** What the shop is filled with, wherever its pictures come from. */
export interface Offer {
  /** The same for the same product in every run. */
  sku: string;
  category: string;
  name: { en: string; de: string };
  description: { en: string; de: string };
  price: number;
  purchasePrice: number;
  stock: number;
  images: OfferImage[];
}

export interface OfferImage {
  /** File name in the media library; unique. */
  name: string;
  /** Path of a file, or the bytes themselves. */
  source: string | (() => Promise<Buffer>);
}

/** Something the person at the keyboard can mend: shown with its remedy and without a stack. */
export class DemoError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}
