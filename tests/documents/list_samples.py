# ruff: noqa: E501
"""Lists in the layouts that railways, ports and forwarders send, made cell by cell.

Companies and numbers are made up; what matters is where things stand and how they are written.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from openpyxl import Workbook


def _saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _book(rows: list[list[Any]], *merged: str, title: str = "Лист1") -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    return _saved(book)


def ktz_wagon_list() -> bytes:
    """A natural sheet of a Kazakh operator: tonnes, two rows of headings, a row of numbers."""
    return _book(
        [
            ["НАТУРНЫЙ ЛИСТ ПОЕЗДА № 2001"],
            ["Станция формирования: Алтынколь", None, None, "Дата: 05.12.2026"],
            [],
            ["№ п/п", "Номер вагона", "№ контейнера", "Наименование груза", "Код ГНГ", "Вес, тн", None, "Пломба", "Станция назначения"],
            [None, None, None, None, None, "брутто", "нетто", None, None],
            [1, 2, 3, 4, 5, 6, 7, 8, 9],
            [1, 54123456.0, "KRVU 300101-4", "Аккумуляторы", 85076000, 21.87, "18,02", "CN4417001; CC880123", "Актау-порт (663806)"],
            [2, None, "KRVU 300102-0", "Краски", 32089000, "17,21", 13.36, "CN4417002", "Актау-порт (663806)"],
            [3, "94701232", None, "Пшеница", 10019900, "68,5", "68,5", "ЗПУ12345", "Актау-порт (663806)"],
            [],
            ["Итого", None, None, None, None, "107,58", "99,88"],
            ["Составил: приёмосдатчик груза"],
        ],
        "A1:I1", "F4:G4", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:E5", "H4:H5", "I4:I5", "B7:B8",
    )  # fmt: skip


def ktz_etsng_list() -> bytes:
    """A wagon list with the railways' own commodity code and kilograms with spaces."""
    return _book(
        [
            ["Вагонный лист"],
            ["№", "№ вагона", "Код ЕТСНГ/ГНГ", "Груз", "Масса груза, кг", "Грузополучатель", "Примечание"],
            [1, "54 123 456", "693002", "Аккумуляторы", "18 020", "ТОО Пример", "бережно"],
            [2, "94701232", "10019900", "Пшеница", "68 500,5", "ТОО Пример", None],
        ]
    )  # fmt: skip


def aktau_manifest() -> bytes:
    """A port's cargo manifest: two bills of lading, merged cells, a total in each."""
    return _book(
        [
            ["CARGO MANIFEST / ГРУЗОВОЙ МАНИФЕСТ"],
            ["Vessel: EXAMPLE CASPIAN", None, None, "Voyage: 034W"],
            ["Port of loading: AKTAU", None, None, "Port of discharge: ALAT"],
            [],
            ["№", "B/L No\n№ коносамента", "Container No / № контейнера", "Seal No / Пломба", "Shipper / Отправитель", "Consignee / Получатель", "Description of goods", "Packages", "Kind of packages", "Gross weight (kg)", "Measurement (CBM)"],
            [1, "EXAK-1", "KRVU3001014", "S1", "Example Export LLP", "Example Import LLC", "Accumulators", 10, "pallets", 6200, 14.4],
            [2, None, "KRVU3001020", "S2", None, None, "Compressors", 120, "wooden case", 7260, 18],
            ["TOTAL", None, None, None, None, None, None, 130, None, 13460, 32.4],
            [3, "EXAK-2", "KRVU3001035", "S3", "Example Grain LLP", "Example Mill LLC", "Wheat", None, "bulk", 21000.25, None],
            ["GRAND TOTAL", None, None, None, None, None, None, 130, None, 34460.25, 32.4],
        ],
        "A1:K1", "B6:B7", "E6:E7", "F6:F7", title="Manifest",
    )  # fmt: skip


def ady_container_list() -> bytes:
    """A container list in Azerbaijani, semicolons and decimal commas, UTF-8 with its mark."""
    return (
        "ADY Konteyner siyahısı;;;;;\r\n"
        "Sıra №;Konteyner №;Vaqon №;Yükün adı;Brutto çəki, kg;Plomb №\r\n"
        "1;KRVU3001014;54123456;Akkumulyator;21870,5;P1\r\n"
        "2;KRVU3001020;54123456;Boya;17 210;P2/P3\r\n"
        "Cəmi;;;;39080,5;\r\n"
    ).encode("utf-8-sig")


def chinese_train_list() -> bytes:
    """A 装箱清单 of a block train: headings in Chinese, units in full-width brackets."""
    return _book(
        [
            ["中欧班列装箱清单"],
            ["班列号：X8155", None, "发站：西安国际港"],
            ["序号", "车号", "箱号", "箱型", "封号", "品名", "HS编码", "件数", "包装", "毛重（KG）", "净重（KG）", "到站"],
            [1, 54123456, "KRVU3001014", "45G1", "CN4417001", "锂离子蓄电池", 850760, 10, "托盘", 6200, 5600, "TRIST"],
            [2, 54123456, "KRVU3001020", "45G1", "CN4417002", "杏仁", 80212, 40, "桶", 9000, 8200, "TRIST"],
            ["合计", None, None, None, None, None, None, 50, None, 15200, 13800, None],
        ],
        "A1:L1", title="装箱清单",
    )  # fmt: skip


def chinese_csv() -> bytes:
    """The same in GB 18030 with commas, as older systems write it."""
    return "序号,箱号,品名,毛重(吨)\n1,KRVU3001014,货物,6.2\n".encode("gb18030")


def turkish_manifest() -> bytes:
    """A Turkish manifest: points between thousands, commas before decimals."""
    return _book(
        [
            ["YÜK MANİFESTOSU"],
            ["SIRA NO", "KONŞİMENTO NO", "KONTEYNER NO", "MÜHÜR NO", "MALIN CİNSİ", "GTİP", "KAP ADEDİ", "KAP CİNSİ", "BRÜT AĞIRLIK (KG)", "GÖNDERİCİ", "ALICI", "BOŞALTMA LİMANI"],
            [1, "TR-1", "KRVU3001014", "M1", "Akümülatör", "850760000000", "10", "palet", "6.200,50", "Örnek A.Ş.", "Örnek Ltd.", "TRIST"],
            [2, "TR-1", "KRVU3001020", "M2", "Boya", "320890910000", "40", "varil", "9.000", "Örnek A.Ş.", "Örnek Ltd.", "TRIST"],
            ["GENEL TOPLAM", None, None, None, None, None, 50, None, "15.200,50"],
        ],
        title="Manifesto",
    )  # fmt: skip


def turkish_csv() -> bytes:
    """In Windows' Turkish character set, semicolons."""
    return (
        "Sıra No;Konteyner No;Malın Cinsi;Brüt Ağırlık, kg\r\n1;KRVU3001014;Şeker;21.500,0\r\n"
    ).encode("cp1254")


def russian_csv() -> bytes:
    """In Windows' Cyrillic character set, a wagon in scientific notation as a spreadsheet left it."""
    return (
        "Список вагонов;;;\r\n№ вагона;Груз;Вес, т;Ст. назначения\r\n"
        "5,4123456E+7;Пшеница;68,500;663806\r\n"
    ).encode("cp1251")


def tabs_in_utf_16() -> bytes:
    """What a spreadsheet saves as 'Unicode text'."""
    return "Container No\tGross weight, t\tSeal No\nKRVU3001014\t21,87\tS1\n".encode("utf-16")


def several_sheets() -> bytes:
    """Two sheets with cargo, one with notes; headings repeat on the second page."""
    book = Workbook()
    notes = book.active
    notes.title = "Notes"
    notes["A1"] = "Please confirm by Friday."
    for name, number in (("Part 1", "KRVU3001014"), ("Part 2", "KRVU3001020")):
        sheet = book.create_sheet(name)
        for row in (
            ["Container No", "Cargo", "Gross weight, kg"],
            [number, "Bolts", 1000],
            ["Container No", "Cargo", "Gross weight, kg"],
            ["KRVU3001035" if name == "Part 2" else "KRVU3001040", "Nuts", 2000],
        ):
            sheet.append(row)
    return _saved(book)


def late_headings() -> bytes:
    """A letter above the table: the headings stand in row 28."""
    rows: list[list[Any]] = [[f"Line {at} of the letter"] for at in range(27)]
    rows.append([None, None, "Trailer No", "Goods", "G.W. (kgs)", "UN No", "Class"])
    rows.append([None, None, "34 ABC 123", "Paint", "1,250.5", "UN 1263", 3])
    return _book(rows)


SAMPLES: dict[str, Callable[[], bytes]] = {
    made.__name__: made
    for made in (
        ktz_wagon_list,
        ktz_etsng_list,
        aktau_manifest,
        ady_container_list,
        chinese_train_list,
        chinese_csv,
        turkish_manifest,
        turkish_csv,
        russian_csv,
        tabs_in_utf_16,
        several_sheets,
        late_headings,
    )
}
