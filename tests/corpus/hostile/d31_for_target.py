# category: d31; static: refuse
import calendar

def run() -> dict:
    for calendar.month_name in (["x"],):
        pass
    return {}
