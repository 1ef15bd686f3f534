// Reads a QR code from the camera; loaded only when the camera is asked for.
import jsQR from 'jsqr';

export async function scan(video) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const canvas = document.createElement('canvas'), pen = canvas.getContext('2d', { willReadFrequently: true });
  try {
    video.srcObject = stream;
    await video.play();
    for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((r) => setTimeout(r, 120))) {
      if (!video.videoWidth) continue;
      Object.assign(canvas, { width: video.videoWidth, height: video.videoHeight });
      pen.drawImage(video, 0, 0);
      const found = jsQR(pen.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
      if (found?.data) return found.data;
    }
    throw new Error('nothing seen');
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
