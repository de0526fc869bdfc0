"""Writes the seizure like `mysqldump`: one file with extended inserts of about a megabyte per line, and a trigger."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ringback.synthetic.formats import DUMP_NAME, Column, encode
from ringback.synthetic.tables import CALLS, SEIZED, SeizedTable

LINE_CHARACTERS: Final = 1_000_000
_ESCAPES: Final = {
    0: "\\0",
    10: "\\n",
    13: "\\r",
    26: "\\Z",
    34: '\\"',
    39: "\\'",
    92: "\\\\",
}
_HEADER: Final = """\
-- MySQL dump 10.19  Distrib 10.3.34-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: panel
-- ------------------------------------------------------
-- Server version\t10.3.34-MariaDB-0+deb10u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;
"""
_FOOTER: Final = """\
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2022-11-24 18:05:11
"""
_TRIGGER: Final = """\
/*!50003 SET @saved_cs_client      = @@character_set_client */ ;
/*!50003 SET character_set_client  = utf8mb4 */ ;
/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;
/*!50003 SET sql_mode              = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION' */ ;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`panel`@`localhost`*/ /*!50003 TRIGGER `calls_balance`
AFTER INSERT ON `calls` FOR EACH ROW BEGIN
  -- It's billed by the second; "FAILED" calls are free.
  IF NEW.duration_s > 0 THEN
    UPDATE balances SET seconds = seconds - NEW.duration_s WHERE account = NEW.account;
  END IF;
  INSERT INTO `calls_log` VALUES (NEW.call_id,'trigger; not a call');
END */;;
DELIMITER ;
/*!50003 SET sql_mode              = @saved_sql_mode */ ;
/*!50003 SET character_set_client  = @saved_cs_client */ ;
"""


def _create(table: SeizedTable) -> str:
    lines = [f"  `{name}` {kind}" for name, kind in zip(table.columns, table.sql_types, strict=True)]
    lines.append(f"  KEY `{table.columns[0]}_key` (`{table.columns[0]}`)")
    body = ",\n".join(lines)
    return f"""
--
-- Table structure for table `{table.name}`
--

DROP TABLE IF EXISTS `{table.name}`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `{table.name}` (
{body}
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `{table.name}`
--

LOCK TABLES `{table.name}` WRITE;
/*!40000 ALTER TABLE `{table.name}` DISABLE KEYS */;
"""


class DumpOutput:
    """A dump of all tables in one file."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / DUMP_NAME).open("wb")
        self._file.write(encode(_HEADER))
        self._table = SEIZED[0]
        self._pending: list[str] = []
        self._length = 0

    def begin(self, table: SeizedTable) -> None:
        """Start a table."""
        self._table = table
        self._file.write(encode(_create(table)))

    def write(self, columns: Sequence[Column]) -> None:
        """Add rows; an insert is written whenever there are enough for a line."""
        rendered = [self._render(name, column) for name, column in zip(self._table.columns, columns, strict=True)]
        for row in zip(*rendered, strict=True):
            text = "(" + ",".join(row) + ")"
            self._pending.append(text)
            self._length += len(text)
            if self._length >= LINE_CHARACTERS:
                self._flush()

    def _render(self, name: str, column: Column) -> list[str]:
        if name in self._table.numeric:
            return ["NULL" if value is None else value for value in column]
        if name in self._table.plain:
            return ["NULL" if value is None else f"'{value}'" for value in column]
        return ["NULL" if value is None else f"'{value.translate(_ESCAPES)}'" for value in column]

    def _flush(self) -> None:
        if self._pending:
            rows = ",".join(self._pending)
            # No database ever runs this text; it only has to look like mysqldump's.
            self._file.write(encode(f"INSERT INTO `{self._table.name}` VALUES {rows};\n"))  # noqa: S608
        self._pending, self._length = [], 0

    def end(self) -> None:
        """End the table."""
        self._flush()
        name = self._table.name
        self._file.write(encode(f"/*!40000 ALTER TABLE `{name}` ENABLE KEYS */;\nUNLOCK TABLES;\n"))
        if name == CALLS.name:
            self._file.write(encode(_TRIGGER))

    def close(self) -> None:
        """End the dump."""
        self._file.write(encode(_FOOTER))
        self._file.close()
