// The text of a QR code in a picture, read in the browser: nothing is uploaded.
const canvas = document.createElement('canvas');
let detector;
export async function decode(source, width, height) {
  if (detector === undefined)
    detector = 'BarcodeDetector' in globalThis && (await BarcodeDetector.getSupportedFormats()).includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : null;
  const scale = Math.min(1, 1000 / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(source, 0, 0, canvas.width, canvas.height);
  if (detector) {
    const [found] = await detector.detect(canvas).catch(() => []);
    if (found) return found.rawValue;
  }
  const { default: jsQR } = await import('./jsqr.js');
  const image = pen.getImageData(0, 0, canvas.width, canvas.height);
  return jsQR(image.data, image.width, image.height)?.data ?? null;
}

export async function decodeFile(file) {
  const image = await createImageBitmap(file);
  return decode(image, image.width, image.height);
}
