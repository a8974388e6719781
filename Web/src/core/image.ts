/** A picture that somebody chose, as a small PNG in base64: whatever it was before, only its pixels are left. */
export async function smallPng(file: Blob, side: number): Promise<string> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(1, side / Math.max(image.naturalWidth || side, image.naturalHeight || side));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round((image.naturalWidth || side) * scale));
    canvas.height = Math.max(1, Math.round((image.naturalHeight || side) * scale));
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  } finally {
    URL.revokeObjectURL(url);
  }
}
