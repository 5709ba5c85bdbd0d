"""Photos and papers of a project: put in, covered where faces are seen, shown to residents."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import NotFound

from models.files import File
from models.plan import Project
from models.plan_links import ProjectFile, files_of
from web import access, uploads
from web.desk import Desk, Page, needs
from web.plan import pages
from web.plan_project import values
from web.public_copy import covered, public_of, row_of, show, withdraw

__all__ = ["pages"]


def _file(desk: Desk, project: Project, file_id: int) -> File:
    """This picture of this project. Raises NotFound."""
    found = next((file for file in files_of(desk.session, project.id) if file.id == file_id), None)
    if found is None or found.kind != "image":
        raise NotFound
    return found


@pages.post("/<int:number>/photos")
@needs(access.may_move_projects, before=uploads.bring)
def put_in(desk: Desk, number: int) -> Page:
    """Photos of the place, the work, the finished thing; papers."""
    project = access.moving_project(desk.session, desk.viewer, number)
    faults = uploads.faults(desk) or ([] if uploads.brought(desk) else ["upload.none"])
    if faults:
        return desk.refuse("plan/show.html", **values(desk, project), refused=faults[0])
    purpose = request.form.get("purpose", "before")
    rows = [
        row_of(desk, purpose if purpose in ("before", "after", "talk") else "talk", *one)
        for one in uploads.brought(desk)
    ]
    desk.session.add_all(rows)
    desk.session.flush()
    desk.session.add_all(ProjectFile(project_id=project.id, file_id=row.id) for row in rows)
    staff = desk.viewer.staff(desk.session)
    project.add("photos", desk.now, staff=staff, data={"count": len(rows)}, public=False)
    desk.record("project.photos", f"project:{project.id}", None, {"files": [row.token[:8] for row in rows]})
    desk.tell("plan.did_photos", count=len(rows))
    return desk.go("plan.show", number=project.id)


@pages.get("/<int:number>/photo/<int:file_id>")
@needs(access.may_see_plan)
def photo(desk: Desk, number: int, file_id: int) -> Page:
    """One photo, large; cover what must not be seen, and show it to residents."""
    project = access.project(desk.session, number)
    file = _file(desk, project, file_id)
    return desk.page(
        "plan/photo.html",
        project=project,
        file=file,
        public=public_of(desk, file),
        may_publish=access.may_publish(desk.viewer) and access.may_move_project(desk.viewer, project),
    )


@pages.post("/<int:number>/photo/<int:file_id>/publish")
@needs(access.may_publish, before=covered)
def publish_photo(desk: Desk, number: int, file_id: int) -> Page:
    """A copy with its rectangles covered becomes what residents see; the original stays as it is."""
    project = access.moving_project(desk.session, desk.viewer, number)
    file = _file(desk, project, file_id)
    if show(desk, file, f"project:{project.id}"):
        desk.tell("plan.did_publish_photo")
    return desk.go("plan.photo", number=project.id, file_id=file.id)


@pages.post("/<int:number>/photo/<int:file_id>/unpublish")
@needs(access.may_publish)
def unpublish_photo(desk: Desk, number: int, file_id: int) -> Page:
    """Residents see it no longer; with `remove`, staff neither."""
    project = access.moving_project(desk.session, desk.viewer, number)
    file = _file(desk, project, file_id)
    withdrawn = withdraw(desk, file)
    if request.form.get("remove"):
        file.deleted_at = desk.now
        desk.record("photo.removed", f"project:{project.id}", {"photo": file.token[:8]}, None)
        desk.tell("plan.did_remove_photo")
        return desk.go("plan.show", number=project.id)
    if withdrawn:
        desk.record("photo.unpublished", f"project:{project.id}", {"photo": file.token[:8]}, None)
    desk.tell("plan.did_unpublish_photo")
    return desk.go("plan.photo", number=project.id, file_id=file.id)
