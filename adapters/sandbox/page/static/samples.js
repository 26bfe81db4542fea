// Files to send without having any at hand, and how a file becomes part of an act.

/** What a messenger would send this file as. */
export function kindOf({ type, name }) {
  if (["image/jpeg", "image/png"].includes(type)) return "photo";
  if (["video/mp4", "video/3gpp"].includes(type)) return "video";
  if (type === "audio/ogg" && /^voice/.test(name)) return "voice";
  if (["audio/mpeg", "audio/mp4", "audio/aac", "audio/amr", "audio/ogg"].includes(type)) return "audio";
  return "document";
}

/** A file's bytes as base64. */
export function asBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** A drawn screenshot of an error message: what customers of a help desk send most. */
export async function samplePhoto() {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [960, 640];
  drawScreen(canvas.getContext("2d"));
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  return new File([blob], "ekran.jpg", { type: "image/jpeg" });
}

function drawScreen(pen) {
  const sky = pen.createLinearGradient(0, 0, 960, 640);
  sky.addColorStop(0, "#5b6ee1");
  sky.addColorStop(1, "#b76fd0");
  block(pen, sky, 0, 0, 960, 640, 0);
  block(pen, "#ffffff", 150, 110, 660, 420, 22);
  block(pen, "#eceef5", 150, 110, 660, 56, 22);
  ["#ff5f57", "#febc2e", "#28c840"].forEach((colour, i) => block(pen, colour, 178 + i * 28, 130, 16, 16, 8));
  block(pen, "#fdecea", 200, 214, 560, 92, 14);
  block(pen, "#d93025", 200, 214, 8, 92, 4);
  pen.fillStyle = "#a50e0e";
  pen.font = "600 30px system-ui, sans-serif";
  pen.fillText("Hata 502: sunucuya ulaşılamadı", 232, 270, 500);
  [0, 1, 2].forEach((i) => block(pen, "#e3e6f0", 200, 346 + i * 40, [560, 470, 300][i], 18, 9));
  block(pen, "#5b6ee1", 620, 466, 140, 40, 20);
}

function block(pen, fill, x, y, width, height, radius) {
  pen.fillStyle = fill;
  pen.beginPath();
  pen.roundRect(x, y, width, height, radius);
  pen.fill();
}

/** A one-page PDF, small enough to be written out here. */
export function sampleDocument() {
  const words = "BT /F1 24 Tf 72 720 Td (Fatura 2026-0042) Tj 0 -36 Td /F1 14 Tf (Toplam: 1.249,00 TL) Tj ET";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${words.length} >>\nstream\n${words}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, i) => {
    const place = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 6\n0000000000 65535 f \n${places.join("")}`;
  text += `${table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return new File([text], "fatura-2026-0042.pdf", { type: "application/pdf" });
}

/** Three seconds of sound, shipped with the page. */
export async function sampleVoice() {
  const answer = await fetch("/static/voice.ogg");
  return new File([await answer.blob()], "voice.ogg", { type: "audio/ogg" });
}
