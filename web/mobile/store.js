// What the phone keeps: the lane with its key (non-extractable), the invoices, the items sold before. A transaction is over when
// the browser says so, with the strictest promise it has.
const STORES = ['lane', 'invoices', 'items', 'meta'];

let opened;
function open() {
  opened ??= new Promise((resolve, reject) => {
    const r = indexedDB.open('etax-mobile', 1);
    r.onupgradeneeded = () => STORES.forEach((s) => r.result.createObjectStore(s));
    r.onsuccess = () => {
      // Another page deletes or upgrades the base: nothing of it may be held.
      r.result.onversionchange = () => r.result.close();
      resolve(r.result);
    };
    r.onerror = () => reject(r.error);
  });
  return opened;
}
const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});
export const get = async (store, key) => done((await open()).transaction(store).objectStore(store).get(key));
export const all = async (store) => done((await open()).transaction(store).objectStore(store).getAll());
/** [[store, key, value]], value undefined deletes: all or nothing, on disk when it returns. */
export async function write(changes) {
  const tx = (await open()).transaction(STORES, 'readwrite', { durability: 'strict' });
  for (const [store, key, value] of changes) {
    if (value === undefined) tx.objectStore(store).delete(key);
    else tx.objectStore(store).put(value, key);
  }
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = tx.onerror = () => reject(tx.error);
  });
}
/** One tab at a time touches the lane. */
export const alone = (work) => navigator.locks.request('etax-lane', work);
