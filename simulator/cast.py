"""The people of a demo: two residents, a staff group and a member of it, and a few places of an invented town."""

from simulator.records import Json

CAST: Json = {
    "users": [
        {"name": "ป้าสมศรี", "id": "U" + "5a" * 16, "friend": False},
        {"name": "ลุงบุญ", "id": "U" + "6b" * 16, "friend": False},
        {"name": "ช่างเอก", "id": "U" + "7c" * 16, "friend": False},
    ],
    "groups": [{"name": "กองช่าง – ซ่อมบำรุง", "id": "C" + "8d" * 16, "members": ["ช่างเอก"], "joined": False}],
    "places": [
        {"title": "หน้าวัดกลางทุ่ง", "address": "หมู่ 5", "latitude": 14.0208, "longitude": 100.525},
        {"title": "ตลาดสดเทศบาล", "address": "หมู่ 1", "latitude": 14.0295, "longitude": 100.5342},
        {"title": "โรงเรียนบ้านทุ่ง", "address": "หมู่ 3", "latitude": 14.0118, "longitude": 100.5378},
        {"title": "สะพานคลองใหญ่", "address": "หมู่ 7", "latitude": 14.0132, "longitude": 100.5129},
    ],
}
"""Ids are fixed, so that a bot with a lasting database knows these people again after a restart."""
