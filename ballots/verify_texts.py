"""What `verify.py` says, in Thai and in English: one sentence per check and per finding."""

from __future__ import annotations

#: Per check: what was found in order (with numbers), what it means when it is not.
CHECKS: dict[str, dict[str, tuple[str, str]]] = {
    "files": {
        "th": ("ไฟล์ครบ", "ไฟล์ไม่ครบ"),
        "en": ("All files are there", "Files are missing"),
    },
    "board": {
        "th": (
            "กระดานประกาศ {entries} รายการ (จุดตรวจ {checkpoints} ครั้ง) ต่อกันเป็นโซ่ ลงนามครบ ไม่มีการแก้ ลบ หรือแทรก",
            "กระดานประกาศถูกแก้ ลบ แทรก หรือไม่ถูกต้องตามกติกา",
        ),
        "en": (
            "The board's {entries} entries ({checkpoints} checkpoints) form one signed chain; none was changed",
            "The board was changed, or does not keep the rules",
        ),
    },
    "auth": {
        "th": ("กุญแจของหน่วยงานตรงกับที่ประกาศ", "กุญแจไม่ใช่ของหน่วยงานที่ประกาศ: อาจเป็นชุดไฟล์ปลอม"),
        "en": ("The key is the one the office announced", "The key is not the one announced: this may be a forgery"),
    },
    "manifest": {
        "th": ("กติกาตรงกับที่ประกาศก่อนเปิดลงคะแนน ({options} ตัวเลือก)", "กติกาไม่ตรงกับที่ประกาศก่อนเปิดลงคะแนน"),
        "en": (
            "The rules are those announced before opening ({options} options)",
            "The rules were changed after opening",
        ),
    },
    "head": {
        "th": ("กระดานไม่ถูกตัดท้าย", "กระดานถูกตัดท้าย หรือหัวกระดานไม่ตรง"),
        "en": ("The board was not cut short", "The board was cut short, or its head does not fit"),
    },
    "since": {
        "th": (
            "สำเนาที่เก็บไว้ก่อน ({entries} รายการ) เป็นส่วนต้นของกระดานวันนี้ ไม่มีการเขียนใหม่ย้อนหลัง",
            "กระดานวันนี้ไม่ต่อจากสำเนาที่เก็บไว้ก่อน: มีการเขียนใหม่ย้อนหลัง",
        ),
        "en": (
            "The copy saved earlier ({entries} entries) is the beginning of today's board",
            "Today's board does not continue the copy saved earlier: it was rewritten",
        ),
    },
    "ballots": {
        "th": ("บัตรที่ปิดผนึก {ballots} ใบ ตรงกับจุดตรวจบนกระดานทุกใบ", "บัตรที่ปิดผนึกไม่ตรงกับกระดาน"),
        "en": ("All {ballots} sealed ballots are those of the board", "The sealed ballots are not those of the board"),
    },
    "opened": {
        "th": ("เปิดซองแล้ว นับได้ {ballots} ใบ บัตรเสีย {spoiled} ใบ", "เปิดซองไม่ได้"),
        "en": ("Opened: {ballots} valid, {spoiled} spoiled", "The envelopes could not be opened"),
    },
    "paper": {
        "th": ("บัตรกระดาษ {stations} หน่วย {ballots} ใบ ตรงกับกระดาน", "บัตรกระดาษไม่ตรงกับกระดาน"),
        "en": (
            "Paper ballots of {stations} stations ({ballots}) agree with the board",
            "The paper ballots do not agree",
        ),
    },
    "counted": {
        "th": ("นับใหม่ทั้งหมด {ballots} ใบ ได้ผลตรงกับที่ประกาศทุกตัวเลข", "นับใหม่แล้วผลไม่ตรงกับที่ประกาศ"),
        "en": ("Counted again, {ballots} ballots: every number agrees", "Counted again, the result is different"),
    },
    "tables": {
        "th": ("ไฟล์ตารางตรงกับผล", "ไฟล์ตารางไม่ตรงกับผล"),
        "en": ("The tables agree with the result", "The tables do not agree with the result"),
    },
}

#: Why a check could not be made.
WHY: dict[str, tuple[str, str]] = {
    "open": ("ยังไม่ประกาศผล จึงยังนับใหม่ไม่ได้", "There is no result yet to be counted again"),
    "quiet": (
        "การลงคะแนนนี้เป็นแบบเงียบ: นับบัตรที่เปิดแล้วได้ แต่ตรวจเองไม่ได้ว่าเป็นใบเดียวกับบนกระดาน ผู้สังเกตการณ์ตรวจแทน",
        "A quiet poll: opened ballots are counted, but only observers see that they are those of the board",
    ),
    "few": ("บัตรน้อยเกินไป จึงไม่เผยแพร่รายใบ เพื่อรักษาความลับ", "Too few ballots: single ones are not published"),
    "few_in_area": (
        "บางพื้นที่มีบัตรน้อยเกินไป จึงไม่เผยแพร่รายใบ เพื่อรักษาความลับ",
        "Too few ballots in an area: single ones are not published",
    ),
    "unvouched": ("ไฟล์ผลไม่มีลายเซ็นบนกระดานรับรอง", "Nothing on the board vouches for these files"),
}

#: What is wrong with an entry of the board (findings.FINDINGS).
FINDINGS: dict[str, tuple[str, str]] = {
    "entry": ("บรรทัดนี้เสียหาย", "the line is damaged"),
    "order": ("ลำดับขาดหรือซ้ำ", "a number is missing or twice"),
    "chain": ("ไม่ต่อจากรายการก่อนหน้า", "does not follow the entry before"),
    "hash": ("เนื้อหาถูกแก้", "the content was changed"),
    "signature": ("ลายเซ็นไม่ใช่ของกระดานนี้", "not signed by this board"),
    "certificate": ("หน่วยงานไม่ได้รับรองกุญแจกระดานนี้", "the office did not certify this board's key"),
    "body": ("ข้อมูลไม่ครบหรือเกิน", "fields are missing or unknown"),
    "manifest": ("กติกาไม่สมบูรณ์", "the rules are unsound"),
    "phase": ("อยู่ผิดขั้นตอน", "may not stand here"),
    "unsorted": ("รายการไม่ได้เรียง จึงอาจเผยลำดับการลงคะแนน", "a list is not sorted"),
    "twice": ("บัตรซ้ำ", "a ballot stands twice"),
    "unknown_ballot": ("บัตรถูกแทนที่ซ้ำ", "a ballot was replaced twice"),
    "count": ("จำนวนไม่ตรงกับบัตร", "a number does not agree with the ballots"),
    "root": ("รากของบัตรไม่ตรง", "the root does not agree with the ballots"),
    "small_batch": ("จุดตรวจมีบัตรใหม่น้อยกว่าที่ตกลง", "a checkpoint with too few new ballots"),
    "times": ("เวลาปิดถูกร่น", "voting was shortened"),
    "withheld": ("เหตุผลที่ไม่เผยแพร่บัตรไม่เป็นจริง", "the reason for withholding ballots does not hold"),
    "link_key": ("กุญแจเชื่อมที่ทำลายไม่ใช่ดอกที่ประกาศ", "another link key was destroyed than announced"),
    "seal_key": ("กุญแจเปิดซองไม่ตรงกับที่ประกาศ", "the published key does not open the seal"),
    "paper": ("จำนวนซองกับบัตรกระดาษไม่ตรงกัน", "paper envelopes and ballots do not add up"),
    "lot": ("การจับสลากไม่เป็นไปตามกติกา", "the lot does not follow the rules"),
    "result_signature": ("หน่วยงานไม่ได้ลงนามผลนี้", "the office did not sign this result"),
    "witness": ("ลายเซ็นผู้สังเกตการณ์ไม่ถูกต้อง", "an observer's signature is wrong"),
}

#: Where a ballot is.
BALLOT: dict[str, tuple[str, str]] = {
    "counted": ("บัตรของรหัส {receipt} อยู่ในชุดที่นับ", "The ballot {receipt} is among those counted"),
    "replaced": ("บัตรของรหัส {receipt} ถูกแทนที่ด้วยใบใหม่", "The ballot {receipt} was replaced by a later one"),
    "unknown": ("ไม่พบบัตรของรหัส {receipt} บนกระดาน", "No ballot {receipt} is on the board"),
    "unreadable": ("{receipt} ไม่ใช่รหัสใบรับ", "{receipt} is no receipt"),
}

#: Everything else.
WORDS: dict[str, tuple[str, str]] = {
    "good": ("ถูกต้อง", "OK"),
    "bad": ("ผิดปกติ", "WRONG"),
    "none": ("ตรวจไม่ได้", "NOT CHECKED"),
    "entry": ("รายการที่ {seq}: {text}", "entry {seq}: {text}"),
    "sound": ("สรุป: ไม่พบสิ่งผิดปกติ", "In sum: nothing wrong was found"),
    "unsound": ("สรุป: พบสิ่งผิดปกติ อย่าเชื่อผลนี้จนกว่าจะมีคำอธิบาย", "In sum: something is wrong; do not trust this result"),
    "head": ("ลายนิ้วมือหัวกระดาน {head}", "Head of the board {head}"),
    "key": ("กุญแจของหน่วยงาน {auth}", "Key of the office {auth}"),
    "compare": (
        "เทียบหัวกระดานกับใบรับของท่านหรือหน้าเว็บ และเทียบกุญแจกับใบประกาศของหน่วยงาน ต้องตรงกัน",
        "Compare the head with your receipt or the office's page, and the key with the printed notice: they must agree",
    ),
    "inside": ("ในซอง: {names} · เลขของท่าน: {mark}", "Inside: {names} · your own mark: {mark}"),
    "blank": ("ไม่ประสงค์ลงคะแนน", "blank"),
    "winners": ("ได้รับเลือก{area}: {names}", "Selected{area}: {names}"),
    "usage": (
        "ใช้: python verify.py ผล.zip [--since สำเนาเก่า.zip] [--auth กุญแจหน่วยงาน] [--receipt ใบรับ] [--english] [--json]",
        "Usage: python verify.py EXPORT.zip [--since OLD.zip] [--auth KEY] [--receipt CODE] [--english] [--json]",
    ),
    "unreadable": ("อ่านไฟล์ {path} ไม่ได้", "{path} cannot be read"),
}
