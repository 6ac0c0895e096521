// Ideas that nobody said and somebody could have, by theme, made of parts: for tests of hints and of long lists.

/** @type {Record<string, {en: string[], th: string[]}>} */
const SAID = {
  shade: {
    en: ['Plant shade trees along {p}', 'It is too hot to walk at {p}; trees would help', 'Put a roof against the sun at {p}', 'Stop cutting the old trees near {p}', 'More shade and benches for people who wait at {p}'],
    th: ['ปลูกต้นไม้ให้ร่มเงาตลอดทางที่{p}', 'แดดร้อนมากที่{p} อยากให้มีร่มไม้', 'ทำหลังคากันแดดที่{p}', 'อย่าตัดต้นไม้ใหญ่แถว{p}', 'เพิ่มร่มเงาและที่นั่งรอที่{p}'],
  },
  flood: {
    en: ['Clear the drains at {p} before the rain', 'After half an hour of rain {p} is flooded', 'The drains near {p} are too small for the water', 'Dredge the canal behind {p} every year', 'Water stands for days at {p} after a flood'],
    th: ['ลอกท่อระบายน้ำที่{p}ก่อนหน้าฝน', 'ฝนตกทีไรน้ำท่วม{p}ทุกครั้ง', 'ท่อระบายน้ำแถว{p}เล็กเกินไป', 'ขุดลอกคลองหลัง{p}ทุกปี', 'น้ำขังที่{p}หลายวันหลังน้ำท่วม'],
  },
  bus: {
    en: ['The last bus from {p} leaves too early', 'Buses to {p} should come every fifteen minutes', 'Show when the next bus comes at {p}', 'The bus fare from {p} is too high for pupils', 'A night bus from {p} for people who work late'],
    th: ['รถเมล์เที่ยวสุดท้ายจาก{p}ออกเร็วเกินไป', 'อยากให้รถเมล์ไป{p}มาทุกสิบห้านาที', 'บอกเวลารถเมล์คันถัดไปที่{p}', 'ค่ารถเมล์จาก{p}แพงสำหรับนักเรียน', 'รถเมล์กลางคืนจาก{p}สำหรับคนเลิกงานดึก'],
  },
  school: {
    en: ['The school at {p} needs more teachers', 'Open the school library at {p} at weekends', 'Safe crossings for children at the school near {p}', 'Free lunch for every pupil of the school at {p}', 'Teach a second language in the school at {p}'],
    th: ['โรงเรียนที่{p}ต้องการครูเพิ่ม', 'เปิดห้องสมุดโรงเรียนที่{p}วันหยุด', 'ทางข้ามปลอดภัยสำหรับเด็กหน้าโรงเรียนแถว{p}', 'อาหารกลางวันฟรีสำหรับนักเรียนทุกคนที่{p}', 'สอนภาษาที่สองในโรงเรียนที่{p}'],
  },
  waste: {
    en: ['Collect the rubbish at {p} every day', 'A place to sort waste at {p}', 'The rubbish bins at {p} are full by morning', 'Fine whoever burns waste near {p}', 'The smell of rubbish at {p} is unbearable'],
    th: ['เก็บขยะที่{p}ทุกวัน', 'ตั้งจุดแยกขยะที่{p}', 'ถังขยะที่{p}เต็มตั้งแต่เช้า', 'ปรับคนที่เผาขยะแถว{p}', 'กลิ่นขยะที่{p}แรงมาก'],
  },
};

const PLACES = {
  en: ['the old market', 'the bus station', 'the hospital', 'the clock tower', 'Lower Riverside', 'the temple lane', 'the park', 'the bridge'],
  th: ['ตลาดเก่า', 'สถานีขนส่ง', 'โรงพยาบาล', 'หอนาฬิกา', 'ชุมชนริมน้ำใต้', 'ซอยวัดกลาง', 'สวนสาธารณะ', 'สะพานข้ามแม่น้ำ'],
};

export const THEMES = Object.keys(SAID);

/**
 * Ideas with the theme that they belong to: every wording at some places, never the same twice.
 * @param {'en' | 'th'} language
 * @param {number} ofEach Of each theme, at most 40.
 * @returns {{theme: string, text: string}[]}
 */
export function saying(language, ofEach) {
  return THEMES.flatMap((theme) => {
    const said = /** @type {{en: string[], th: string[]}} */ (SAID[theme])[language];
    const all = PLACES[language].flatMap((place) => said.map((words) => words.replace('{p}', place)));
    return all.slice(0, ofEach).map((text) => ({ theme, text }));
  });
}
