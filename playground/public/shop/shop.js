/** An example storefront: a list of products, and on a product's page what looks like it, by the plugin's own client. */
import { createSimilarClient } from './similar-client.js';

const similar = createSimilarClient({ url: location.origin });
const byId = (id) => document.getElementById(id);

/** Text only: names come from people. */
function element(name, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(name), attributes);
  node.append(...children);
  return node;
}

const picture = ({ images }, alt) => {
  const [image] = images ?? [];
  const url = image?.formats?.small?.url ?? image?.url;
  return url ? element('img', { src: url, alt, loading: 'lazy' }) : '';
};

const price = (product) => element('div', { className: 'price' }, product.price ? `€ ${product.price.toFixed(2)}` : '');

function card(product) {
  const link = element('a', { href: `?product=${encodeURIComponent(product.documentId)}` });
  link.append(picture(product, ''), element('strong', {}, product.name), price(product));
  return element('li', {}, link);
}

async function showList() {
  const query = 'populate=images&pagination[pageSize]=24&sort=sku';
  const { data } = await (await fetch(`/api/products?${query}`)).json();
  byId('items').append(...data.map(card));
}

async function showProduct(documentId) {
  const [{ data: product }, alike] = await Promise.all([
    fetch(`/api/products/${encodeURIComponent(documentId)}?populate=images`).then((response) => response.json()),
    similar.find(documentId, { populate: 'images', pagination: { limit: 8 }, filters: { stock: { $gt: 0 } } }),
  ]);
  const about = element('div', {}, element('h2', {}, product.name), price(product));
  byId('product').append(picture(product, product.name), about);
  byId('product').hidden = false;
  byId('heading').textContent = 'You may also like';
  byId('items').append(...alike.data.map(({ entry }) => card(entry)));
  if (alike.meta.status === 'pending') byId('message').textContent = 'Similar products appear in a moment.';
}

const asked = new URLSearchParams(location.search).get('product');
(asked ? showProduct(asked) : showList()).catch((error) => {
  byId('message').textContent = error.message;
});
